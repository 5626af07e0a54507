"""Who is told what: mail, webhooks and calendars."""
