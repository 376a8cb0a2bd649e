"""Who gets which thing: solved as a whole, explained in words, approved by a person."""
