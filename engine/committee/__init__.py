"""The register of committees: who may review which series, specialties and levels, where and until when."""
