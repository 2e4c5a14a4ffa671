"""The pages of 评审后处理; `web.app` takes the routers and what stands beside the forms."""

from web.result import certificates, exporting, handling, listing, notices
from web.result.beside import BESIDE

ROUTERS = (listing.router, notices.router, certificates.router, exporting.router, handling.router)

__all__ = ["BESIDE", "ROUTERS"]
