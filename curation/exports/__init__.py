"""A frozen version in the shapes that trainers read, a file for each of them."""
