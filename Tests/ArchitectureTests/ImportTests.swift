import Testing

/// The arrows of the architecture: SwiftPM does not enforce them between targets of one package.
@Suite struct ImportTests {
    /// What each target may import. Platform modules count as one.
    private static let allowed: [String: Set<String>] = [
        "Addresses": [],
        "MCPValues": [],
        "MCPCore": ["CTextScan", "NIOCore", "Synchronization"],
        "ToolSearch": ["MCPCore"],
        "Metrics": ["MCPValues", "MCPCore", "NIOCore", "Synchronization"],
        "TopScreen": ["MCPValues", "MCPCore", "Metrics", "NIOCore"],
        "Audit": [
            "MCPValues", "MCPCore", "Metrics", "NIOCore", "Logging", "Crypto", "Dispatch", "Synchronization", "Glibc",
            "Darwin",
        ],
        "Recordings": ["MCPCore", "NIOCore", "Dispatch", "Synchronization"],
        "Traces": ["MCPCore", "Metrics", "NIOCore", "Synchronization"],
        "AccessTokens": ["MCPValues", "MCPCore", "NIOCore", "Crypto", "CryptoExtras"],
        "ToolPins": ["MCPValues", "MCPCore", "NIOCore", "Crypto"],
        "MCPUpstream": [
            "Addresses", "MCPCore", "Metrics", "Recordings", "CProxySystem", "NIOCore", "NIOPosix", "NIOHTTP1",
            "NIOSSL", "NIOTLS",
            "Logging",
            "Subprocess",
            "SystemPackage", "Synchronization", "Glibc", "Darwin",
        ],
        "TokenIssuers": [
            "AccessTokens", "Addresses", "MCPCore", "MCPUpstream", "NIOCore", "Logging", "Crypto", "Synchronization",
        ],
        "Grants": [
            "AccessTokens", "Addresses", "MCPCore", "Metrics", "MCPUpstream", "NIOCore", "Logging", "Crypto",
            "CryptoExtras",
            "SwiftASN1", "Synchronization",
        ],
        "MCPGateway": [
            "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "Traces", "ToolPins", "ToolSearch", "MCPUpstream",
            "NIOCore", "Logging",
            "Synchronization",
            "Crypto",
        ],
        "MCPFrontEnd": [
            "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "ToolPins", "MCPUpstream", "MCPGateway",
            "NIOCore", "NIOPosix",
            "NIOHTTP1",
            "NIOSSL", "NIOTLS", "Crypto", "SwiftASN1", "Logging",
            "Synchronization", "Glibc", "Darwin",
        ],
        "ProxyConfiguration": [
            "Addresses", "MCPValues", "CLibYAML", "Synchronization",
        ],
        "ClientFiles": ["ProxyConfiguration"],
        "ProxyControl": [
            "Addresses", "MCPValues", "MCPCore", "ToolPins", "AccessTokens", "MCPUpstream", "TokenIssuers",
            "Grants", "Metrics", "Audit", "Recordings", "Traces", "MCPGateway",
            "MCPFrontEnd", "ProxyConfiguration",
            "NIOCore", "NIOPosix", "Logging", "Crypto", "Dispatch", "Synchronization", "FoundationEssentials",
            "Foundation", "Glibc", "Darwin",
        ],
        "mcp-proxy": [
            "Addresses", "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "Traces", "ToolPins", "ToolSearch",
            "MCPUpstream",
            "MCPGateway",
            "MCPFrontEnd",
            "ProxyConfiguration", "ProxyControl", "ClientFiles", "CProxySystem", "Grants", "TopScreen", "NIOCore",
            "NIOPosix",
            "NIOHTTP1", "Logging", "ArgumentParser", "Dispatch",
            "Synchronization", "FoundationEssentials", "Foundation", "Glibc", "Darwin",
        ],
    ]

    /// The imports of a file, without access levels and attributes.
    private func imports(of file: SourceFile) -> [String] {
        file.code.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    ["package", "internal", "private", "public", "fileprivate"].contains($0) || $0.hasPrefix("@")
                })
            else { return nil }
            // `import struct Module.Type` names the module in the word after the kind.
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "typealias", "let", "var"]
            let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
            return String(name.split(separator: ".").first ?? name)
        }
    }

    @Test("There are sources to look at")
    func sources() {
        #expect(SourceFile.sources.count > 50)
        #expect(SourceFile.sources.contains { !imports(of: $0).isEmpty })
    }

    @Test("Imports point one way", arguments: SourceFile.sources)
    func oneWay(file: SourceFile) {
        guard let allowed = Self.allowed[file.target] else {
            Issue.record("a new target needs its place in the drawing")
            return
        }
        let forbidden = imports(of: file).filter { !allowed.contains($0) }
        #expect(forbidden.isEmpty, "\(file.target) may not import \(forbidden)")
    }

    @Test("Only MCPUpstream names the concrete kinds of links", arguments: SourceFile.sources)
    func links(file: SourceFile) {
        guard file.target != "MCPUpstream" else { return }
        for name in ["StdioLink", "SSELink", "StreamableHTTPLink", "DetectingHTTPLink"] {
            #expect(!file.code.contains { $0.contains(name) }, "\(name)")
        }
    }

    /// The operator's own servers, what the operator's command line fetches, and what it asks a running proxy.
    private static let mayGoAnywhere: Set<String> = [
        "Sources/ProxyControl/Servers/ServerBuilder.swift", "Sources/MCPUpstream/HTTP/Calls/HTTPCall.swift",
    ]

    @Test("The control plane is no place for the terminal", arguments: SourceFile.sources)
    func terminal(file: SourceFile) {
        guard file.target == "ProxyControl" else { return }
        for (number, line) in file.code.enumerated() {
            let words = line.split { !$0.isLetter && $0 != "_" }
            let found = words.contains { ["print", "STDOUT_FILENO", "STDERR_FILENO", "exit", "_exit"].contains($0) }
            #expect(!found, "line \(number + 1)")
        }
    }

    /// Where files and the environment are read, and the time of day.
    private static let mayUseFoundation: Set<String> = [
        "Sources/ProxyControl/Running/EgressRules.swift", "Sources/ProxyControl/Servers/StateDirectory.swift",
        "Sources/ProxyControl/Servers/WallClock.swift",
    ]

    @Test("Of the control plane only what asks the system needs Foundation")
    func foundation() {
        let found = SourceFile.sources.filter { $0.target == "ProxyControl" && imports(of: $0).contains("Foundation") }
        #expect(Set(found.map(\.path)) == Self.mayUseFoundation)
    }

    @Test("Only for the operator may a connection lead anywhere")
    func reach() {
        let found = SourceFile.sources.filter { file in
            file.code.contains { $0.contains(".anywhere") && !$0.contains("case .anywhere: gate =") }
        }
        let naming = Set(found.map(\.path)).subtracting(["Sources/MCPUpstream/HTTP/Pool/HTTPConnector.swift"])
        #expect(naming == Self.mayGoAnywhere)
    }

    @Test("Only a whole configuration makes servers the operator's own")
    func provenance() {
        let found = SourceFile.sources.filter { file in file.code.contains { $0.contains("= .operatorsOwn") } }
        #expect(found.map(\.path) == ["Sources/ProxyConfiguration/Loading/ConfigurationLoader.swift"])
    }

    @Test("No task and no await on the data plane", arguments: SourceFile.sources)
    func dataPlane(file: SourceFile) {
        guard ["MCPCore", "ToolPins", "AccessTokens", "MCPGateway"].contains(file.target) else { return }
        for (number, line) in file.code.enumerated() {
            let words = line.split { !$0.isLetter && $0 != "." && $0 != "_" }
            let found = words.contains("await") || words.contains("Task") || words.contains("NIOAsyncChannel")
            #expect(!found, "line \(number + 1)")
        }
    }

    @Test("Tests of one module are in its test target", arguments: SourceFile.tests)
    func testTargets(file: SourceFile) {
        let testable = file.lines.filter { $0.hasPrefix("@testable import ") }.map {
            $0.dropFirst("@testable import ".count)
        }
        for module in testable where module != "MCPCore" {
            #expect(file.target.hasPrefix(module) || file.target == "\(module)Tests", "\(module)")
        }
    }
}
