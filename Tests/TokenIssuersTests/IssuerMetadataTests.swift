import AccessTokens
import Addresses
import NIOCore
import Testing

@testable import TokenIssuers

@Suite struct IssuerMetadataTests {
    private func settings(_ name: String) throws -> IssuerSettings {
        IssuerSettings(
            rules: IssuerRules(issuer: name, audiences: ["us"]), address: try HTTPURL(name), keysURL: nil,
            introspection: nil)
    }

    private func keys(_ text: String, of name: String = "https://a.example") throws -> String? {
        let settings = try settings(name)
        do throws(IssuerFailure) {
            return try IssuerMetadata(ByteBuffer(string: text), of: settings, from: settings.address).keysURL
                .description
        } catch {
            return nil
        }
    }

    @Test("Only the issuer itself says where its keys are")
    func identity() throws {
        let good = #"{"issuer":"https://a.example","jwks_uri":"https://keys.example/k"}"#
        #expect(try keys(good) == "https://keys.example/k")
        for issuer in ["https://a.example/", "https://A.example", "https://b.example", ""] {
            #expect(try keys(#"{"issuer":"\#(issuer)","jwks_uri":"https://keys.example/k"}"#) == nil, "\(issuer)")
        }
        for text in [
            "", "<html>", "[]", #"{"jwks_uri":"https://keys.example/k"}"#, #"{"issuer":"https://a.example"}"#,
            #"{"issuer":"https://a.example","issuer":"https://a.example","jwks_uri":"https://keys.example/k"}"#,
        ] {
            #expect(try keys(text) == nil, "\(text)")
        }
    }

    @Test("Keys come over TLS, unless issuer and keys are on this machine")
    func transport() throws {
        for url in [
            "http://keys.example/k", "http://127.0.0.1/k", "file:///etc/passwd", "https://a@keys.example/k", "/k",
        ] {
            #expect(try keys(#"{"issuer":"https://a.example","jwks_uri":"\#(url)"}"#) == nil, "\(url)")
        }
        let local = "http://127.0.0.1:8080"
        #expect(
            try keys(#"{"issuer":"\#(local)","jwks_uri":"http://localhost:8080/k"}"#, of: local)
                == "http://localhost:8080/k")
        #expect(try keys(#"{"issuer":"\#(local)","jwks_uri":"http://192.0.2.1/k"}"#, of: local) == nil)
    }
}
