"""Pure money: prices, usage meters, cost."""
