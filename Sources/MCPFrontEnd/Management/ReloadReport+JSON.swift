import MCPCore
import MCPGateway
import NIOCore

extension ReloadReport {
    /// Returns the answer to a reload.
    func json(isRehearsal: Bool) -> ByteBuffer {
        var reasons = JSONObjectWriter()
        for (name, reason) in failed.sorted(by: { $0.key < $1.key }) { reasons.add(name, reason) }
        var object = JSONObjectWriter()
        object.add("message", isRehearsal ? "this is what a reload would do" : "configuration reloaded")
        object.add("added", added)
        object.add("removed", removed)
        object.add("changed", changed)
        object.add("unchanged", unchanged)
        object.add("needsRestart", needsRestart)
        object.add("failed", json: reasons.finished)
        object.add("lines", lines)
        return object.finished
    }
}
