import Testing

@testable import Addresses

/// Where something is found that is said about an address.
@Suite struct HTTPURLWellKnownTests {
    private static let (server, connect) = ("oauth-authorization-server", "openid-configuration")

    @Test(
        "Metadata of an issuer is looked for where the specification says, in its order",
        arguments: [
            ("https://a.example", ["/.well-known/\(server)", "/.well-known/\(connect)"]),
            ("https://a.example/", ["/.well-known/\(server)", "/.well-known/\(connect)"]),
            (
                "https://a.example/realms/x",
                [
                    "/.well-known/\(server)/realms/x", "/.well-known/\(connect)/realms/x",
                    "/realms/x/.well-known/\(connect)",
                ]
            ),
            (
                "https://a.example:8443/x/",
                ["/.well-known/\(server)/x", "/.well-known/\(connect)/x", "/x/.well-known/\(connect)"]
            ),
        ])
    func issuers(issuer: String, places: [String]) throws {
        let url = try HTTPURL(issuer)
        #expect(url.placesOfIssuerMetadata.map(\.target) == places)
        #expect(url.placesOfIssuerMetadata.allSatisfy { $0.origin == url.origin })
    }

    @Test(
        "Metadata of a resource is looked for at its path and at the root, once where that is one place",
        arguments: [
            ("https://a.example", [""]), ("https://a.example/", [""]), ("https://a.example/mcp", ["/mcp", ""]),
            ("https://a.example/mcp/", ["/mcp", ""]), ("https://a.example/a/b?key=c", ["/a/b", ""]),
            ("https://a.example?key=c", [""]),
        ])
    func resources(resource: String, ends: [String]) throws {
        let places = try HTTPURL(resource).placesOfResourceMetadata.map(\.target)
        #expect(places == ends.map { "/.well-known/oauth-protected-resource\($0)" })
    }

    @Test(
        "A resource is named without its query, a slash at its end and a port that goes without saying",
        arguments: [
            ("HTTPS://A.Example:443/mcp/?key=c", "https://a.example/mcp"), ("https://a.example/", "https://a.example"),
            ("https://a.example", "https://a.example"), ("https://a.example:8443/Mcp", "https://a.example:8443/Mcp"),
            ("http://[::1]:80/mcp", "http://[::1]/mcp"), ("https://a.example/mcp//", "https://a.example/mcp/"),
        ])
    func names(address: String, name: String) throws {
        #expect(try HTTPURL(address).resourceIdentifier == name)
    }
}
