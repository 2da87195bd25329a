import ArgumentParser
import MCPCore
import MCPUpstream
import NIOCore
import ProxyControl

/// `mcp-proxy pins export [FILE]`.
struct PinsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes all that is approved to a file for --pins, or to standard output.")

    @Argument(
        help: ArgumentHelp("The file. A file of pins is replaced, nothing else is.", valueName: "path"),
        completion: .file())
    var file: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was written") {
            let client = ManagementClient(place: try await .find(remote, source))
            let pins = try await client.answer(.get, "pins.json")
            let missing = try await Self.missing(in: pins, at: RunningPins(client: client))
            if let file {
                try Self.replace(file, with: pins)
                Terminal.print("\(file) has what is approved")
            } else {
                try StandardOutput.write(String(buffer: pins.text).trimmedEnd)
            }
            for line in missing { Terminal.error("mcp-proxy: \(ShownOutput.printable(line))") }
        }
    }

    private static func replace(_ path: String, with pins: JSONView) throws {
        let target = SharedPins.file(path)
        let old = try target.read()
        if let old, let kind = KnownPins.whatIsNoPins(old) {
            throw CommandFailure(
                "\(path) is there already and is not replaced: it seems to be \(kind). Name another file, or move this one away"
            )
        }
        try target.replace(old, with: Array(pins.text.readableBytesView))
    }

    /// Of which servers there is nothing, since it is not known what was approved, in words.
    private static func missing(in written: JSONView, at pins: RunningPins) async throws -> [String] {
        var lines: [String] = []
        try await pins.answer(nil)["servers"]?.forEachMember { name, report in
            guard written["servers"]?[name] == nil, let fault = report["fault"]?.string else { return }
            lines.append(
                "nothing of server \(name) is written, since it is not known any more what was approved (\(fault)); "
                    + "first mcp-proxy pins approve \(name)")
        }
        return lines
    }
}

extension String {
    /// Without the line break at its end.
    fileprivate var trimmedEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
