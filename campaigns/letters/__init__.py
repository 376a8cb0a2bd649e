"""Letters to readers: whom they go to, how they look, and sending each once."""
