"""The demo: the components of the articles in a simulated AWS account. The app never imports it."""
