// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the product never depends on it.
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

let package = Package(
    name: "mcp-proxy-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2")
    ],
    targets: [
        .target(name: "BenchmarkKit", dependencies: [nioCore], swiftSettings: strict),
        // The product's own code, by links to its folders.
        .target(name: "CTextScan"),
        .target(name: "MCPCore", dependencies: ["CTextScan", nioCore], swiftSettings: strict),
        .target(name: "ToolSearch", dependencies: ["MCPCore"], swiftSettings: strict),
        .executableTarget(
            name: "tool-search-quality",
            dependencies: ["BenchmarkKit", "ToolSearch", "MCPCore", nioCore],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bench-server",
            dependencies: ["BenchmarkKit", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bench-load",
            dependencies: ["BenchmarkKit", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bench-bridge",
            dependencies: ["BenchmarkKit", nioCore, nioPosix, nioHTTP1],
            swiftSettings: strict
        ),
    ]
)
