"""What happens to a sealed run: it is told of, and copied elsewhere. Neither can spoil the audit."""
