// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "mcp-proxy",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "mcp-proxy", targets: ["mcp-proxy"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    ],
    targets: [
        .target(name: "CProxySystem"),
        .target(name: "CTextScan"),
        .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .target(name: "Addresses", swiftSettings: strict),
        .target(name: "MCPValues", swiftSettings: strict),
        .target(name: "MCPCore", dependencies: ["CTextScan", nioCore], swiftSettings: strict),
        .target(
            name: "ToolPins",
            dependencies: [
                "MCPValues", "MCPCore", nioCore, .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(name: "ToolSearch", dependencies: ["MCPCore"], swiftSettings: strict),
        .target(name: "Metrics", dependencies: ["MCPValues", "MCPCore", nioCore], swiftSettings: strict),
        .target(
            name: "TopScreen", dependencies: ["MCPValues", "MCPCore", "Metrics", nioCore], swiftSettings: strict),
        .target(
            name: "Audit",
            dependencies: [
                "MCPValues", "MCPCore", "Metrics", nioCore, logging, .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(name: "Recordings", dependencies: ["MCPCore", nioCore], swiftSettings: strict),
        .target(name: "Traces", dependencies: ["MCPCore", "Metrics", nioCore], swiftSettings: strict),
        .target(
            name: "AccessTokens",
            dependencies: [
                "MCPValues", "MCPCore", nioCore, .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "MCPUpstream",
            dependencies: [
                "Addresses", "MCPCore", "Metrics", "Recordings", "CProxySystem", nioCore, nioPosix, nioHTTP1, nioSSL,
                nioTLS, logging,
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "TokenIssuers",
            dependencies: [
                "AccessTokens", "Addresses", "MCPCore", "MCPUpstream", nioCore, logging,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Grants",
            dependencies: [
                "AccessTokens", "Addresses", "MCPCore", "Metrics", "MCPUpstream", nioCore, logging,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "MCPGateway",
            dependencies: [
                "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "Traces", "ToolPins", "ToolSearch",
                "MCPUpstream",
                nioCore,
                logging,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "MCPFrontEnd",
            dependencies: [
                "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "ToolPins", "MCPGateway", nioCore, nioPosix,
                nioHTTP1,
                nioSSL, nioTLS, logging,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            resources: [.embedInCode("Dashboard/Assets")],
            swiftSettings: strict
        ),
        .target(
            name: "ProxyConfiguration",
            dependencies: ["Addresses", "MCPValues", "CLibYAML"],
            swiftSettings: strict,
            // The archive, so that the program needs no library that a system may lack.
            linkerSettings: [
                .linkedLibrary(":libyaml.a", .when(platforms: [.linux])),
                .linkedLibrary("yaml", .when(platforms: [.macOS])),
            ]
        ),
        .target(name: "ClientFiles", dependencies: ["ProxyConfiguration"], swiftSettings: strict),
        .target(
            name: "ProxyControl",
            dependencies: [
                "Addresses", "MCPValues", "MCPCore", "ToolPins", "AccessTokens", "MCPUpstream", "TokenIssuers",
                "Grants", "Metrics", "Audit", "Recordings", "Traces", "MCPGateway", "MCPFrontEnd", "ProxyConfiguration",
                nioCore,
                nioPosix,
                logging,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "mcp-proxy",
            dependencies: [
                "Addresses", "MCPValues", "MCPCore", "Metrics", "Audit", "Recordings", "Traces", "ToolPins",
                "ToolSearch",
                "MCPUpstream", "MCPGateway", "MCPFrontEnd", "ProxyConfiguration", "ProxyControl", "ClientFiles",
                "CProxySystem",
                "Grants", "TopScreen", nioCore,
                nioPosix, nioHTTP1, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            // Nobody links against the program, and lld, which every toolchain has, links it in a quarter of the time.
            linkerSettings: [
                .unsafeFlags(["-use-ld=lld", "-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux]))
            ]
        ),
        .target(
            name: "MCPTestSupport",
            dependencies: [
                "MCPCore", "Recordings", "MCPUpstream", "MCPGateway", nioCore, nioPosix, nioHTTP1, nioEmbedded, logging,
            ],
            path: "Tests/MCPTestSupport",
            swiftSettings: strict
        ),
        .target(name: "CFirstUse", path: "Tests/CFirstUse"),
        .testTarget(name: "AddressesTests", dependencies: ["Addresses"], swiftSettings: strict),
        .testTarget(name: "MCPValuesTests", dependencies: ["MCPValues"], swiftSettings: strict),
        .testTarget(
            name: "MCPCoreTests",
            dependencies: ["MCPCore", "MCPTestSupport", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AccessTokensTests",
            dependencies: [
                "AccessTokens", "MCPValues", "MCPCore", nioCore, .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MetricsTests", dependencies: ["Metrics", "MCPValues", "MCPCore", nioCore], swiftSettings: strict),
        .testTarget(
            name: "TopScreenTests", dependencies: ["TopScreen", "MCPCore", nioCore], swiftSettings: strict),
        .testTarget(
            name: "AuditTests", dependencies: ["Audit", "MCPCore", "Metrics", nioCore, logging], swiftSettings: strict),
        .testTarget(name: "RecordingsTests", dependencies: ["Recordings", "MCPCore", nioCore], swiftSettings: strict),
        .testTarget(
            name: "TracesTests", dependencies: ["Traces", "MCPCore", "Metrics", nioCore], swiftSettings: strict),
        .testTarget(name: "ToolSearchTests", dependencies: ["ToolSearch", "MCPCore", nioCore], swiftSettings: strict),
        .testTarget(
            name: "ToolPinsTests",
            dependencies: ["MCPValues", "MCPCore", "ToolPins", nioCore],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MCPUpstreamTests",
            dependencies: [
                "Addresses", "MCPCore", "Recordings", "MCPUpstream", "MCPTestSupport", "CFirstUse", nioCore, nioPosix,
                nioHTTP1,
                nioSSL,
                nioEmbedded,
                logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TokenIssuersTests",
            dependencies: [
                "AccessTokens", "TokenIssuers", "Addresses", "MCPCore", "MCPTestSupport", nioCore, logging,
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GrantsTests",
            dependencies: [
                "AccessTokens", "Addresses", "Grants", "MCPCore", "MCPUpstream", "MCPTestSupport", nioCore, nioPosix,
                logging,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MCPGatewayTests",
            dependencies: [
                "MCPValues", "MCPCore", "Metrics", "Recordings", "Traces", "ToolPins", "MCPUpstream", "MCPGateway",
                "MCPTestSupport", nioCore,
                nioPosix, nioEmbedded, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MCPFrontEndTests",
            dependencies: [
                "MCPValues", "MCPCore", "Metrics", "Recordings", "ToolPins", "MCPUpstream", "MCPGateway", "MCPFrontEnd",
                "MCPTestSupport", "CFirstUse",
                nioCore, nioPosix,
                nioHTTP1, nioSSL, nioTLS, nioEmbedded, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProxyConfigurationTests",
            dependencies: ["Addresses", "MCPValues", "ProxyConfiguration"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProxyControlTests",
            dependencies: [
                "Addresses", "MCPValues", "MCPCore", "ToolPins", "MCPUpstream", "MCPGateway", "MCPFrontEnd",
                "ProxyConfiguration",
                "AccessTokens", "Grants", "Metrics", "Recordings", "Traces", "ProxyControl", "MCPTestSupport", nioCore,
                nioPosix,
                logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ClientFilesTests",
            dependencies: ["ClientFiles", "ProxyConfiguration"],
            swiftSettings: strict
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ]
)

// libFuzzer is linked only where it is asked for, which Scripts/fuzz does.
if Context.environment["MCP_PROXY_FUZZ"] != nil {
    let fuzzers: [(name: String, dependencies: [Target.Dependency])] = [
        ("JSON", ["MCPCore", nioCore]), ("Framing", ["MCPCore", nioCore]), ("HTTP", ["MCPFrontEnd", "MCPGateway"]),
        ("Configuration", ["ProxyConfiguration"]), ("Headers", ["MCPCore", nioCore]),
        ("Addresses", ["Addresses"]), ("Peers", ["Addresses", "MCPCore", "MCPUpstream", nioCore, nioHTTP1]),
        ("Patterns", ["ProxyConfiguration"]),
        ("State", ["MCPFrontEnd", nioCore]), ("Pins", ["MCPCore", "ToolPins", nioCore]),
        ("Tokens", ["AccessTokens", "MCPValues", "MCPCore", nioCore]),
        ("Grants", ["Grants", "AccessTokens", "Addresses", "MCPUpstream", "MCPCore", nioCore]),
    ]
    package.targets.append(.target(name: "FuzzSupport", path: "Fuzz/Support", swiftSettings: strict))
    for (name, dependencies) in fuzzers {
        package.targets.append(
            .executableTarget(
                name: "Fuzz\(name)",
                dependencies: dependencies + ["FuzzSupport"],
                path: "Fuzz/\(name)",
                swiftSettings: strict
            )
        )
    }
}
