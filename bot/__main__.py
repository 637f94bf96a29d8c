"""`python -m bot` is `daily-papers`."""

from bot.cli import main

if __name__ == "__main__":
    main()
