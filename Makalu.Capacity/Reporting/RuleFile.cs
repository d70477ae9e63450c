using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Makalu.Capacity.Reporting;

/// <summary>Writes a file of Prometheus rules with comments.</summary>
internal sealed class RuleFile : IDisposable
{
    private readonly Emitter _yaml;
    private readonly List<string> _comments = [];
    private bool _begun;

    private readonly string? _service;

    /// <param name="text">Where to write it.</param>
    /// <param name="service">The label <c>service</c> of alerts and records; null for none.</param>
    public RuleFile(TextWriter text, string? service)
    {
        _service = service;
        _yaml = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024).WithIndentedSequences());
    }

    /// <summary>A comment for what comes next.</summary>
    public void Comment(string comment) => _comments.Add(comment);

    public void BeginGroup(string name)
    {
        Begin();
        BeginMapping();
        Entry("name", name);
        _yaml.Emit(new Scalar("rules"));
        _yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
    }

    public void EndGroup()
    {
        _yaml.Emit(new SequenceEnd());
        _yaml.Emit(new MappingEnd());
    }

    /// <summary>An alert; one that is not of a service has no label of it, so that several files that hold it alert once.</summary>
    public void Alert(string name, string expression, string holdsFor, string severity, string summary, string runbook, bool isOfService = true)
    {
        BeginMapping();
        Entry("alert", name);
        Entry("expr", expression);
        Entry("for", holdsFor);
        _yaml.Emit(new Scalar("labels"));
        BeginMapping();
        Entry("severity", severity);
        if (isOfService && _service is not null)
        {
            Entry("service", _service);
        }

        _yaml.Emit(new MappingEnd());
        _yaml.Emit(new Scalar("annotations"));
        BeginMapping();
        Entry("summary", summary);
        Entry("runbook", runbook);
        _yaml.Emit(new MappingEnd());
        _yaml.Emit(new MappingEnd());
    }

    public void Record(string name, string expression)
    {
        BeginMapping();
        Entry("record", name);
        Entry("expr", expression);
        if (_service is not null)
        {
            _yaml.Emit(new Scalar("labels"));
            BeginMapping();
            Entry("service", _service);
            _yaml.Emit(new MappingEnd());
        }

        _yaml.Emit(new MappingEnd());
    }

    public void Dispose()
    {
        Begin();
        _yaml.Emit(new SequenceEnd());
        _yaml.Emit(new MappingEnd());
        _yaml.Emit(new DocumentEnd(isImplicit: true));
        _yaml.Emit(new StreamEnd());
    }

    private void Begin()
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        _yaml.Emit(new StreamStart());
        _yaml.Emit(new DocumentStart(null, null, isImplicit: true));
        EmitComments();
        BeginMapping();
        _yaml.Emit(new Scalar("groups"));
        _yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
    }

    private void BeginMapping()
    {
        EmitComments();
        _yaml.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
    }

    private void Entry(string key, string value)
    {
        _yaml.Emit(new Scalar(key));
        ScalarStyle style = value.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.Any;
        _yaml.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    private void EmitComments()
    {
        foreach (string comment in _comments)
        {
            _yaml.Emit(new Comment(comment, isInline: false));
        }

        _comments.Clear();
    }
}
