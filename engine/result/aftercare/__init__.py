"""What comes after results: 复查, 投诉, 撤销职称, and the small processes of certificates – 初次认定, 确认, 补发, 更正."""
