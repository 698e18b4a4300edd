defmodule File.Stat do
  @moduledoc """
  Facts about a file: what `File.stat/2` gives.

    * `size` - in bytes
    * `type` - `:regular`, `:directory`, `:symlink`, `:device` or `:other`
    * `access` - what this program may do: `:read`, `:write`, `:read_write` or `:none`
    * `atime`, `mtime`, `ctime` - when it was read, written, changed
    * `mode`, `links`, `inode`, `uid`, `gid`, `major_device`, `minor_device` - as the operating system has them
  """

  @fields [
    :size,
    :type,
    :access,
    :atime,
    :mtime,
    :ctime,
    :mode,
    :links,
    :major_device,
    :minor_device,
    :inode,
    :uid,
    :gid
  ]

  defstruct @fields

  @type t :: %__MODULE__{}

  @doc "The record `:file_info` of a stat."
  @spec to_record(t()) :: tuple
  def to_record(%__MODULE__{} = stat) do
    List.to_tuple([:file_info | Enum.map(@fields, &Map.fetch!(stat, &1))])
  end

  @doc "The stat of a record `:file_info`."
  @spec from_record(tuple) :: t()
  def from_record(record) when elem(record, 0) == :file_info do
    [:file_info | values] = Tuple.to_list(record)
    struct!(__MODULE__, Enum.zip(@fields, values))
  end
end
