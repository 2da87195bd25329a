import MCPCore
import NIOCore
import Testing

@testable import Grants

/// What the proxy says of itself.
@Suite struct ClientMetadataTests {
    @Test("The document names its own address, and where answers may be sent")
    func document() throws {
        let address = "https://proxy.example.com/oauth/client-metadata.json"
        let redirects = ["https://proxy.example.com/oauth/callback", "http://127.0.0.1/callback"]
        let root = try Samples.json(String(buffer: ClientMetadata.document(at: address, redirects: redirects))).root
        #expect(root["client_id"]?.string == address)
        #expect(root["redirect_uris"]?.texts(9) == redirects)
        #expect(root["token_endpoint_auth_method"]?.string == "none" && root["client_name"]?.string == "mcp-proxy")
        #expect(root["grant_types"]?.texts(9) == ["authorization_code", "refresh_token"])
    }

    @Test(
        "It is a program of the person's machine only where every answer stays there",
        arguments: [
            (["http://127.0.0.1:1/callback"], "native"), (["http://localhost/a", "http://[::1]/b"], "native"),
            (["http://127.0.0.1/a", "https://proxy.example.com/b"], "web"), (["https://proxy.example.com/b"], "web"),
            (["http://127.0.0.1.evil.test/"], "web"), (["app:/callback"], "web"),
        ])
    func type(redirects: [String], type: String) throws {
        let root = try Samples.json(String(buffer: ClientMetadata(redirects: redirects).registration)).root
        #expect(root["application_type"]?.string == type)
        #expect(root["client_id"] == nil)
    }
}
