"""What people did: published lists, accounts, sessions, and the log of events. The only door to SQLAlchemy.

Every function takes the instant as an argument, and every function that shows or changes something writes its event in
the same transaction: no event, no view.
"""
