"""What the API reads and answers: strict, so that nothing is guessed and nothing unknown is passed over."""
