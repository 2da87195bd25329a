import MCPCore
import MCPValues
import NIOCore
import ToolPins

/// The text of the file that names the servers of which anything was approved.
enum PinnedNames {
    static func write(_ names: Set<ByteText>) -> ByteBuffer {
        var text = ByteBuffer(string: #"{"version":1,"servers":["#)
        for (index, name) in names.sorted().enumerated() {
            text.writeString(index == 0 ? "\n" : ",\n")
            text.writeJSONString(name.text)
        }
        text.writeString("\n]}\n")
        return text
    }

    static func read(_ bytes: ByteBuffer) throws(PinTextError) -> Set<ByteText> {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: bytes).root
        } catch {
            throw PinTextError(.noJSON, at: "", "this is not JSON that can be read: \(error)")
        }
        guard root["version"]?.integer == 1, let list = root["servers"], list.isArray else {
            throw PinTextError(.shape, at: "", "it must have version 1 and a list of servers")
        }
        let names = list.elements.compactMap(\.string)
        guard names.count == list.elements.count else {
            throw PinTextError(.shape, at: "servers", "each must be a text")
        }
        return Set(names.map(ByteText.init))
    }
}
