"""Who lives in a block: families, kin, births, deaths, weddings, moves."""
