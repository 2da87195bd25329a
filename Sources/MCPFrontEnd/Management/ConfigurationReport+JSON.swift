import MCPCore
import NIOCore

extension ConfigurationReport {
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("source", source)
        object.add("values", elements: values.map(\.json))
        object.add("options", elements: options.map(\.json))
        object.add("warnings", warnings)
        object.add("notices", notices)
        object.add("needsRestart", needsRestart)
        return object.finished
    }
}

extension ConfigurationReport.Value {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("key", key)
        object.add("value", text)
        if text == nil { object.add("hidden", json: ByteBuffer(string: "true")) }
        object.add("origin", origin)
        if !names.isEmpty { object.add("names", names) }
        object.add("line", line)
        object.add("column", column)
        return object.finished
    }
}
