"""The pages of partners' case workers: state what somebody needs, see what became of it."""
