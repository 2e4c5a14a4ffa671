"""What follows a review: publicity, forwarding, approval, certificates, objections."""
