"""Recording, replaying and indexing sessions."""
