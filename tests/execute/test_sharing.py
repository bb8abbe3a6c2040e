from harness.execute.sharing import account
from tests.execute.bakeoffs import remote


def test_an_account_is_a_key_at_an_address() -> None:
    one, *others = (
        remote("a", base_url="http://x/v1"),
        remote("b", base_url="http://x/v1/"),
        remote("c", base_url="http://y/v1"),
        remote("d", base_url="http://x/v1", api_key_env="OTHER"),
        remote("e", base_url="http://x/v1", model="other/e"),
    )
    assert [account(other) == account(one) for other in others] == [True, False, False, False]
