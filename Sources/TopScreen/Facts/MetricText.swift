package import NIOCore

/// Reads the text format of Prometheus, as the proxy writes it.
package struct MetricText {
    /// One value, by its name and its labels.
    package struct Sample: Equatable {
        package let name: String
        /// As they stand there: the names, and the values without what was escaped.
        package let labels: [Label]
        package let value: Double

        /// Returns what a label says; nothing where it is not there, which is the same.
        package func label(_ name: String) -> String { labels.first { $0.name == name }?.value ?? "" }
    }

    /// What tells series of one name apart.
    package struct Label: Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    private let bytes: [UInt8]

    package init(_ page: ByteBuffer) {
        bytes = Array(page.readableBytesView)
    }

    /// Goes through the samples that have one of these names. What is no sample is passed over.
    package func forEachSample(of names: [String], _ body: (Sample) -> Void) {
        let wanted = names.map { Array($0.utf8) }
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            guard bytes[start..<end].first != UInt8(ascii: "#") else { continue }
            var line = SampleLine(bytes[start..<end])
            let name = line.name()
            guard wanted.contains(where: { $0.count == name.count && name.elementsEqual($0) }),
                let labels = line.labels(), let value = line.value()
            else { continue }
            body(Sample(name: String(decoding: name, as: UTF8.self), labels: labels, value: value))
        }
    }
}

/// One line, read from left to right.
private struct SampleLine {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    /// All up to the labels or the value.
    mutating func name() -> ArraySlice<UInt8> {
        let name = rest.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: " ") }
        rest = rest.dropFirst(name.count)
        return name
    }

    /// nil where they do not end.
    mutating func labels() -> [MetricText.Label]? {
        guard rest.first == UInt8(ascii: "{") else { return [] }
        rest = rest.dropFirst()
        var found: [MetricText.Label] = []
        while let next = rest.first, next != UInt8(ascii: "}") {
            if next == UInt8(ascii: ",") { rest = rest.dropFirst() }
            let name = rest.prefix { $0 != UInt8(ascii: "=") }
            rest = rest.dropFirst(name.count + 1)
            guard let value = quoted() else { return nil }
            found.append(MetricText.Label(String(decoding: name, as: UTF8.self), value))
        }
        guard !rest.isEmpty else { return nil }
        rest = rest.dropFirst()
        return found
    }

    private mutating func quoted() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    /// What stands behind all that; a time may follow, which is not of use here.
    mutating func value() -> Double? {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
        return Double(String(decoding: rest.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }
}
