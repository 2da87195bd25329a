import Testing

/// Swift's sets and dictionaries of texts merge canonically equal spellings: a name that one peer has chosen can then be
/// taken for that of another one.
@Suite struct TextTests {
    /// Where texts are ASCII, or ours, by then.
    private static let harmless = [
        "Sources/MCPCore/Headers/ToolMarkReader.swift": "keywords of schemas; tokens of HTTP",
        "Sources/MCPFrontEnd/Admission/HostPolicy.swift": "ASCII, as checked before",
        "Sources/MCPFrontEnd/HTTP/HTTPListener.swift": "addresses as the system writes them",
        "Sources/MCPFrontEnd/Management/ManagementAccess.swift": "origins, which admission has found to be ASCII",
        "Sources/MCPFrontEnd/Management/ManagementDescription.swift": "paths of ours",
        "Sources/MCPFrontEnd/Management/ServerManagement.swift": "a report",
        "Sources/MCPGateway/Bridging/TranslatedCapabilities.swift": "names of the specification",
        "Sources/MCPUpstream/Stdio/StdioSettings.swift": "the configuration's variables, each there once",
    ]

    @Test("Sets and dictionaries of what peers have chosen are of ByteText", arguments: SourceFile.sources)
    func collections(file: SourceFile) {
        guard ["MCPCore", "ToolPins", "MCPUpstream", "MCPGateway", "MCPFrontEnd"].contains(file.target),
            Self.harmless[file.path] == nil
        else { return }
        for (number, line) in file.code.enumerated() {
            #expect(!line.contains("Set<String>") && !line.contains("[String:"), "line \(number + 1): \(line)")
        }
    }

    @Test("Every exception is still one", arguments: harmless.keys.sorted())
    func exceptions(path: String) {
        let file = SourceFile.sources.first { $0.path == path }
        #expect(file?.code.contains { $0.contains("Set<String>") || $0.contains("[String:") } == true)
    }
}
