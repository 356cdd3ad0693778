"""Sixty features of many families at twelve dates: ours beside other tools, the same values to the last bit."""
