"""The studio (流程设计): staff draw diagrams, decisions and forms, try them, and publish."""
