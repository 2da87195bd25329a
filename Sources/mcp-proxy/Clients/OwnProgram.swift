#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// This program, as another one can start it.
enum OwnProgram {
    /// The whole path, since other programs may have another `PATH`; links stay, as updates keep those.
    static var path: String {
        let called = CommandLine.arguments.first ?? "mcp-proxy"
        if called.contains("/") { return absolute(called) }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { "\($0)/\(called)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return found.map(absolute) ?? called
    }

    /// A path that holds in every folder.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(FileManager.default.currentDirectoryPath)/\(relative)"
    }
}
