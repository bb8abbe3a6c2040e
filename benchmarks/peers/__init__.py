"""The peers: inspect_ai and promptfoo, installed apart from Bakeoff and asked the same questions."""
