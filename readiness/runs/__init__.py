"""The Django side of live checks: what runs leave behind, when they run, recordings."""
