"""AWS as all programs see it: sessions, the organization's tree, IAM documents, preflight reports."""
