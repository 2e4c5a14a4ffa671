"""授权单位评委会管理: the register of committees."""
