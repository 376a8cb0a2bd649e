"""Every component and every state of the giving flow, with made-up data; never in production."""
