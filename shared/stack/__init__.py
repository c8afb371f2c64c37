"""What every stack has: settings, provider, principals, names."""
