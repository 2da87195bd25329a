import Addresses
import Testing

@testable import Grants

/// What an authorization server says of itself, and when it is used.
@Suite struct AuthorizationServerTests {
    private func server(
        _ text: String, of issuer: String = Samples.issuer,
        mayBeCalled: (HTTPURL) -> Bool = { $0.origin.scheme == .https }
    ) throws -> AuthorizationServer {
        try AuthorizationServer(
            try Samples.json(text), of: issuer, from: try HTTPURL(Samples.issuerPlace), mayBeCalled: mayBeCalled)
    }

    @Test("Everything that a client needs is read")
    func whole() throws {
        let found = try server(
            Samples.metadata(
                Samples.issuer,
                ["scopes_supported": #"["a","offline_access"]"#, "client_id_metadata_document_supported": "true"]))
        #expect(found.issuer == Samples.issuer)
        #expect(found.authorizationEndpoint == (try HTTPURL("https://login.example.com/authorize")))
        #expect(found.tokenEndpoint == (try HTTPURL(Samples.tokenEndpoint)))
        #expect(found.registrationEndpoint == (try HTTPURL(Samples.registration)))
        #expect(found.authenticationMethods == ["none", "client_secret_basic"])
        #expect(found.challengeMethods == ["plain", "S256"] && found.scopesSupported == ["a", "offline_access"])
        #expect(found.takesMetadataDocuments && found.namesIssuerInAnswers)
    }

    @Test("What is not said is not supposed")
    func least() throws {
        let found = try server(
            #"{"issuer":"https://login.example.com","token_endpoint":"https://login.example.com/token"}"#)
        #expect(found.authorizationEndpoint == nil && found.registrationEndpoint == nil)
        #expect(found.authenticationMethods == nil && found.challengeMethods.isEmpty && found.scopesSupported.isEmpty)
        #expect(!found.takesMetadataDocuments && !found.namesIssuerInAnswers)
        let words = try server(
            Samples.metadata(
                Samples.issuer,
                [
                    "authorization_response_iss_parameter_supported": "\"true\"",
                    "client_id_metadata_document_supported": "1", "code_challenge_methods_supported": "\"S256\"",
                ]))
        #expect(!words.namesIssuerInAnswers && !words.takesMetadataDocuments && words.challengeMethods.isEmpty)
    }

    @Test(
        "An issuer is the one that was looked for, byte by byte, or not used",
        arguments: [
            "https://login.example.com/", "https://LOGIN.example.com", "https://login.example.com:443",
            "http://login.example.com", "https://login.example.com/.", "https://evil.test", "",
            "https://login.example.com\\u0000",
        ])
    func issuer(named: String) {
        let words = Samples.words {
            _ = try server("{\"issuer\":\"\(named)\",\"token_endpoint\":\"https://login.example.com/token\"}")
        }
        #expect(words?.contains("and not of \"https://login.example.com\"; it is not used") == true)
    }

    @Test("Canonically equal spellings are two issuers")
    func canonical() {
        let words = Samples.words {
            _ = try server(
                #"{"issuer":"https://login.example.com/e\u0301","token_endpoint":"https://login.example.com/token"}"#,
                of: "https://login.example.com/\u{E9}")
        }
        #expect(words?.contains("it is not used") == true)
    }

    @Test("Without an issuer or a token endpoint it is not used", arguments: ["issuer", "token_endpoint"])
    func missing(name: String) {
        for value in ["", "null", "[\"https://login.example.com\"]", "1"] {
            let words = Samples.words { _ = try server(Samples.metadata(Samples.issuer, [name: value])) }
            #expect(words == "\(Samples.issuerPlace) names no \(name)", "\(value)")
        }
    }

    @Test(
        "An endpoint that may not be called is none, whichever it is",
        arguments: ["authorization_endpoint", "token_endpoint", "registration_endpoint"],
        [
            "http://login.example.com/x", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "",
            "https://user:word@login.example.com/", "ftp://login.example.com/", "https://", "vbscript:x",
        ])
    func endpoint(name: String, value: String) {
        let words = Samples.words { _ = try server(Samples.metadata(Samples.issuer, [name: "\"\(value)\""])) }
        #expect(words == "\(Samples.issuerPlace) has \(name) \"\(value)\", which is no https URL")
    }
}
