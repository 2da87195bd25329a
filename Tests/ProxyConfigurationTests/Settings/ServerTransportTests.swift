import Testing

@testable import ProxyConfiguration

@Suite struct ServerTransportTests {
    @Test("Printing a transport shows neither arguments, environment, headers nor the query of a URL")
    func printsNoSecrets() {
        let transports: [ServerTransport] = [
            .stdio(
                command: "npx", arguments: ["--token=canary"], environment: ["TOKEN": Secret("canary")],
                workingDirectory: nil),
            .http(
                url: "https://example.com/sse?key=canary",
                headers: [HeaderField(name: "Authorization", value: Secret("canary"))], timeout: nil, kind: .sse),
        ]
        for transport in transports {
            var text = "\(transport)" + String(reflecting: transport) + "\([transport])"
            dump(transport, to: &text)
            #expect(!text.contains("canary"))
        }
        #expect("\(transports[0])" == "stdio npx")
        #expect("\(transports[1])" == "sse https://example.com/sse")
    }

    @Test("Only what is reached over stdio starts a program")
    func startsProcess() {
        let stdio = ServerTransport.stdio(command: "a", arguments: [], environment: [:], workingDirectory: nil)
        #expect(stdio.startsProcess)
        for kind in HTTPTransportKind.allCases {
            #expect(!ServerTransport.http(url: "https://a", headers: [], timeout: nil, kind: kind).startsProcess)
        }
    }
}
