"""The service: pages and an API over published lists, one family's facts and a verified release."""
