"""The pages of units, in the order they are looked up: an address with a word before one with a number."""

from web.organisation import unit_changes, unit_form, unit_imports, unit_picking, unit_trees, units

ROUTERS = (
    unit_form.router,
    unit_imports.router,
    unit_picking.router,
    unit_trees.router,
    unit_changes.router,
    units.router,
)
