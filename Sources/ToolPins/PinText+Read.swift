import MCPCore
package import MCPValues
package import NIOCore

extension PinText {
    /// Reads what `write` has written, in whatever layout it is by now.
    ///
    /// - Throws: when anything in it is not understood. A digest that is not that of the definition beside it is an error:
    ///   one of the two was changed by somebody who did not mean the other.
    package static func read(_ bytes: ByteBuffer) throws(PinTextError) -> [ByteText: PinRecord] {
        let text: JSONText
        do {
            text = try JSONText(scanning: bytes)
        } catch {
            let code: PinTextError.Code = error.code == .duplicateKey ? .duplicate : .noJSON
            throw PinTextError(code, at: "", offset: error.offset, "this is not JSON that can be read: \(error)")
        }
        let members = try members(of: text.root, at: "")
        // First, so that what a later version has added is not what is complained of.
        guard let written = members.first(where: { $0.name == "version" })?.value else {
            throw PinTextError(
                .shape, at: "", offset: text.root.range.lowerBound,
                "there is no \"version\"; this is not a file of pins")
        }
        guard written.integer == Int64(version) else {
            throw PinTextError(
                .version, at: "version", offset: written.range.lowerBound,
                "\(PrintableText.make(String(buffer: written.bytes))) is not known; this program reads version \(version)"
            )
        }
        var records: [ByteText: PinRecord]?
        for (name, value) in members where name != "version" {
            guard name == "servers" else { throw unknown(name, value, at: "") }
            records = try servers(value)
        }
        guard let records else {
            throw PinTextError(.shape, at: "", offset: text.root.range.lowerBound, "there is no \"servers\"")
        }
        return records
    }

    private static func servers(_ value: JSONView) throws(PinTextError) -> [ByteText: PinRecord] {
        var records: [ByteText: PinRecord] = [:]
        for (name, value) in try members(of: value, at: "servers") {
            let place = "servers.\(shown(name))"
            guard records.updateValue(try record(value, at: place), forKey: ByteText(name)) == nil else {
                throw PinTextError(
                    .duplicate, at: place, offset: value.range.lowerBound, "this name stands there twice")
            }
        }
        return records
    }

    private static func record(_ value: JSONView, at place: String) throws(PinTextError) -> PinRecord {
        var record = PinRecord()
        let members = try members(of: value, at: place)
        let partial = members.first { $0.name == "incomplete" }?.value
        let incomplete = try partial.map { (value) throws(PinTextError) in
            try kinds(value, at: "\(place).incomplete")
        }
        for (name, value) in members where name != "incomplete" {
            guard let kind = kind(name) else { throw unknown(name, value, at: place) }
            if incomplete?.contains(kind) != true { record.establish(kind) }
            for (name, value) in try self.members(of: value, at: "\(place).\(kind.plural)") {
                let place = "\(place).\(kind.plural).\(shown(name))"
                try read(kind, ByteText(name), value, at: place, into: &record)
            }
        }
        return record
    }

    private static func read(
        _ kind: PinKind, _ name: ByteText, _ value: JSONView, at place: String, into record: inout PinRecord
    ) throws(PinTextError) {
        guard record.accepted(kind, name).isEmpty else {
            throw PinTextError(.duplicate, at: place, offset: value.range.lowerBound, "this name stands there twice")
        }
        guard value.isArray else {
            throw PinTextError(.shape, at: place, offset: value.range.lowerBound, "it must be an array")
        }
        let entries = value.elements
        guard !entries.isEmpty else {
            throw PinTextError(.shape, at: place, offset: value.range.lowerBound, "no definition stands there")
        }
        guard entries.count <= PinRecord.maximumOfName else {
            throw PinTextError(
                .tooMuch, at: place, offset: value.range.lowerBound,
                "at most \(PinRecord.maximumOfName) definitions may stand there")
        }
        // The newest stands first, and is the last to be taken.
        for (index, entry) in entries.enumerated().reversed() {
            let definition = try definition(entry, at: "\(place)[\(index)]")
            guard !record.accepted(kind, name).contains(definition) else {
                throw PinTextError(
                    .duplicate, at: "\(place)[\(index)]", offset: entry.range.lowerBound,
                    "this definition stands there twice")
            }
            guard record.accept(kind, name, definition, replacing: false) else {
                throw PinTextError(
                    .tooMuch, at: place, offset: value.range.lowerBound,
                    "a server has at most \(PinRecord.maximumNames) of a kind and \(PinRecord.maximumBytes) bytes")
            }
        }
    }

    private static func definition(_ entry: JSONView, at place: String) throws(PinTextError) -> PinnedDefinition {
        let members = try members(of: entry, at: place)
        for (name, value) in members where name != "sha256" && name != "definition" {
            throw unknown(name, value, at: place)
        }
        guard let written = members.first(where: { $0.name == "definition" })?.value, written.isObject else {
            throw PinTextError(.shape, at: place, offset: entry.range.lowerBound, "\"definition\" must be an object")
        }
        guard let hex = members.first(where: { $0.name == "sha256" })?.value.string, let digest = PinDigest(hex: hex)
        else {
            throw PinTextError(
                .shape, at: place, offset: entry.range.lowerBound,
                "\"sha256\" must be a text of 64 hexadecimal digits, a to f small")
        }
        let definition: PinnedDefinition
        do {
            definition = try PinnedDefinition(written: written)
        } catch {
            throw PinTextError(
                .shape, at: place, offset: entry.range.lowerBound, "\"definition\" has no canonical form: \(error)")
        }
        guard definition.digest == digest else {
            throw PinTextError(
                .digest, at: place, offset: entry.range.lowerBound,
                "\"sha256\" is not that of the definition, which is \(definition.digest.hex)")
        }
        return definition
    }

    private static func kinds(_ value: JSONView, at place: String) throws(PinTextError) -> [PinKind] {
        var found: [PinKind] = []
        for element in value.elements {
            if let kind = element.string.flatMap(kind) { found.append(kind) }
        }
        guard value.isArray, found.count == value.elements.count else {
            throw PinTextError(
                .shape, at: place, offset: value.range.lowerBound, "it must be an array of \"tools\" and \"prompts\"")
        }
        return found
    }

    private static func kind(_ plural: String) -> PinKind? { PinKind.allCases.first { $0.plural == plural } }

    private static func members(
        of value: JSONView, at place: String
    ) throws(PinTextError) -> [(name: String, value: JSONView)] {
        guard value.isObject else {
            throw PinTextError(.shape, at: place, offset: value.range.lowerBound, "it must be an object")
        }
        return value.members
    }

    private static func unknown(_ name: String, _ value: JSONView, at place: String) -> PinTextError {
        PinTextError(
            .shape, at: place, offset: value.range.lowerBound, "\"\(PrintableText.make(name))\" is not known here")
    }

    private static func shown(_ name: String) -> String { PrintableText.make(name) }
}
