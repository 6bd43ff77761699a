"""Every setting, and the effect it has: `test_<setting>` in the file of its tab. docs/settings.md names them."""
