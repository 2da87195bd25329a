import Testing

@testable import ProxyConfiguration

@Suite struct ListenerConversionTests {
    @Test("A Unix socket is listened on in place of a port", arguments: ["unix:/run/x.sock", "UNIX:///run/x.sock"])
    func socket(text: String) throws {
        let address = try load(proxyDocument("\"addr\": \"\(text)\"")).settings.address
        #expect(address == ListenAddress(host: nil, port: 0, socketPath: "/run/x.sock", isExplicit: true))
    }

    @Test(
        "A socket without a whole path is refused with a correct one",
        arguments: ["unix:", "unix:x.sock", "unix:/run/", "unix:@abstract", "unix:/"])
    func badSockets(text: String) throws {
        let found = try #require(errors(proxyDocument("\"addr\": \"\(text)\"")).first)
        #expect(found.keyPath == "mcpProxy.addr")
        #expect(found.suggestion?.contains("unix:/run/mcp-proxy/mcp-proxy.sock") == true, "\(found)")
    }

    @Test(
        "A path without the word for a socket is told to need it",
        arguments: [
            ("/run/x.sock", #"Write "unix:/run/x.sock" for a Unix socket"#), ("./x.sock", #"behind "unix:""#),
            ("x.sock", #"behind "unix:""#), ("~/x.socket", #"behind "unix:""#), ("/run/", #"behind "unix:""#),
            ("127.0.0.1:9090/mcp", #"Write ":9090""#), ("http://127.0.0.1:9090", #"Write ":9090""#),
        ])
    func barePath(text: String, words: String) throws {
        let found = try #require(errors(proxyDocument("\"addr\": \"\(text)\"")).first)
        #expect(found.suggestion?.contains(words) == true, "\(found)")
    }

    @Test("A path that the system does not take is refused with its limit")
    func longSocket() throws {
        let limit = SocketPathConversion.longestPath
        let longest = "/" + String(repeating: "a", count: limit - 1)
        #expect(try load(proxyDocument("\"addr\": \"unix:\(longest)\"")).settings.address.socketPath == longest)
        let found = try #require(errors(proxyDocument("\"addr\": \"unix:\(longest)a\"")).first)
        #expect(found.message.contains("has \(limit + 1) bytes, and a socket takes \(limit) at most"))
    }

    @Test("A certificate names its files; the key may be in the same one")
    func tls() throws {
        let members =
            #""addr": ":9443", "tls": {"certificateFile": "/a.crt", "keyFile": "/a.key", "clientCAFile": "/ca"}"#
        #expect(
            try load(proxyDocument(members)).settings.tls
                == ListenerTLSSettings(certificateFile: "/a.crt", keyFile: "/a.key", clientCAFile: "/ca"))
        let one = try load(proxyDocument(#""tls": {"certificateFile": "/a.pem"}"#)).settings.tls
        #expect(one?.keyFile == "/a.pem" && one?.files == ["/a.pem"])
    }

    @Test(
        "Without a certificate there is no TLS",
        arguments: [#"{}"#, #"{"keyFile": "/a.key"}"#, #"{"certificateFile": ""}"#])
    func noCertificate(object: String) throws {
        let found = try #require(errors(proxyDocument("\"tls\": \(object)")).first)
        #expect(found.keyPath == "mcpProxy.tls.certificateFile")
        #expect(found.message.contains("no certificate to show"))
    }

    @Test("There is no TLS on a Unix socket")
    func socketWithTLS() throws {
        let members = #""addr": "unix:/run/x.sock", "tls": {"certificateFile": "/a.pem"}"#
        let found = try #require(errors(proxyDocument(members)).first)
        #expect(found.keyPath == "mcpProxy.tls")
        #expect(found.message.contains("no TLS on a Unix socket"))
    }

    @Test("A public address with http:// is told where the proxy serves https://")
    func plainBase() throws {
        let members = #""baseURL": "http://mcp.example.com", "tls": {"certificateFile": "/a.pem"}"#
        let warnings = try load(proxyDocument(members)).warnings
        #expect(warnings.contains { $0.keyPath == "mcpProxy.baseURL" && $0.message.contains("https://") })
    }

    @Test("Another certificate in the configuration needs a restart, and so does a socket in place of a port")
    func restart() throws {
        let old = try load(proxyDocument(#""tls": {"certificateFile": "/a.pem"}"#)).settings
        let new = try load(proxyDocument(#""tls": {"certificateFile": "/b.pem"}"#)).settings
        #expect(SettingsDifference(from: old, to: new).needsRestart == ["tls"])
        let socket = try load(proxyDocument(#""addr": "unix:/run/x.sock""#)).settings
        #expect(SettingsDifference(from: ProxySettings(), to: socket).needsRestart.contains("addr"))
    }
}
