"""How the authorization server says no."""


class Refused(Exception):
    """An error of RFC 6749: its code, and words for whoever builds the client."""

    def __init__(self, code, description, status=400):
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status

    @property
    def document(self):
        return {"error": self.code, "error_description": self.description}
