import MCPCore
import NIOCore
import ProxyConfiguration
import ProxyControl

/// The configuration that `mcp-proxy stdio URL` stands for, so that a URL is checked as in a file.
enum BridgeConfiguration {
    private static let source = "the command line"

    /// - Parameters:
    ///   - headers: Each as `Name: value`.
    ///   - environment: What `${NAME}` in them stands for, so that no token has to stand in the list of processes.
    /// - Throws: what is wrong with the URL or a header, in words.
    static func load(url: String, headers: [String], transport: String?, environment: [String: String]?)
        throws(ConfigurationError)
        -> LoadedConfiguration
    {
        guard url.contains("://") || url.contains("$") else {
            let problem = ConfigurationProblem(
                severity: .error, source: "the command line",
                message: "stdio takes the URL of a server, and this is none",
                suggestion:
                    "Write one such as https://example.com/mcp; a program is served from a configuration, with --config PATH --server NAME"
            )
            throw ConfigurationError(code: .invalid, problems: [problem])
        }
        var text = ByteBuffer(string: #"{"mcpProxy":{},"mcpServers":{"remote":{"url":"#)
        text.writeJSONString(url)
        if let transport {
            text.writeString(#","transportType":"#)
            text.writeJSONString(transport)
        }
        text.writeString(#","headers":{"#)
        for (index, header) in headers.enumerated() {
            let parts = header.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                let problem = ConfigurationProblem(
                    severity: .error, source: source, keyPath: "--header",
                    message: "\"\(header.prefix(40))\" is no header", suggestion: "Write 'Name: value'")
                throw ConfigurationError(code: .invalid, problems: [problem])
            }
            if index > 0 { text.writeString(",") }
            text.writeJSONString(trimmed(parts[0]))
            text.writeString(":")
            text.writeJSONString(trimmed(parts[1]))
        }
        text.writeString("}}}}")
        do {
            var loaded = try ConfigurationLoader.load(
                text: Array(text.readableBytesView), source: source, format: .json, environment: environment,
                secrets: SecretFileReader(in: ".").files)
            loaded.warnings = loaded.warnings.map(asWritten)
            return loaded
        } catch {
            throw ConfigurationError(code: error.code, problems: error.problems.map(asWritten))
        }
    }

    /// A problem with its place on the command line: nobody has written the file in which it was found.
    private static func asWritten(_ problem: ConfigurationProblem) -> ConfigurationProblem {
        var written = problem
        (written.line, written.column) = (nil, nil)
        let key = problem.keyPath.split { $0 == "." || $0 == "[" }.dropFirst(2).first
        written.keyPath =
            switch key {
            case "url": "the URL"
            case "headers": "--header"
            case "transportType": "--transport"
            default: ""
            }
        return written
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
