namespace Makalu.Capacity.Sizing;

/// <summary>The numbers behind a finding, in the order in which they are told.</summary>
internal sealed class Evidence : List<KeyValuePair<string, object>>
{
    public Evidence Add(string name, object? value)
    {
        if (value is not null)
        {
            Add(new KeyValuePair<string, object>(name, value));
        }

        return this;
    }
}
